package io.handoff.benchmarks.proxy;

import io.handoff.benchmarks.compare.contender.Loops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Clients that do one thing again and again, on one event loop of this process. What they count is of that loop. */
final class Clients implements Client.Records, AutoCloseable {

    /** A machine that is slow is to be measured, and not to fail. */
    private static final int PATIENCE_SECONDS = 60;

    /** So that a server that fails at once is not asked in a spin. */
    private static final long BACK_OFF_MILLIS = 10;

    private final EventLoopGroup loop = Loops.start(1, "clients");
    private final Load load;
    private final Bootstrap bootstrap;
    private final CountDownLatch notServed;
    private final ChannelGroup open = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    private Histogram nanos = new Histogram(3);
    private long errors;
    private boolean isStopped;

    private Clients(int port, Load load, int count) {
        this.load = load;
        this.notServed = new CountDownLatch(count);
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, PATIENCE_SECONDS * 1000)
                .option(ChannelOption.TCP_NODELAY, true)
                // A reset leaves no port in TIME_WAIT, of which there are fewer than connections here.
                .option(ChannelOption.SO_LINGER, 0)
                .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Starts as many, each in a closed loop, and waits until there were as many first echoes. */
    static Clients start(int port, Load load, int count) throws IOException {
        Clients clients = new Clients(port, load, count);
        try {
            clients.onLoop(() -> {
                for (int i = 0; i < count; i++) {
                    clients.connect();
                }
                return count;
            });
            clients.awaitFirstEchoes();
            return clients;
        } catch (IOException e) {
            clients.close();
            throw e;
        }
    }

    private void awaitFirstEchoes() throws IOException {
        try {
            if (!notServed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(notServed.getCount() + " clients got no echo within " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * What was done in some time.
     *
     * @param nanos how long each took
     * @param errors connections that came to nothing since the clients were started
     */
    record Counted(Histogram nanos, long errors) {}

    /** Counts for as long, and longer if nothing was done by then. */
    Counted count(Duration duration) throws IOException {
        take();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        do {
            try {
                TimeUnit.NANOSECONDS.sleep(duration.toNanos());
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("no client got an echo within " + PATIENCE_SECONDS + " s");
            }
        } while (onLoop(() -> nanos.getTotalCount()) == 0);
        return take();
    }

    /** What was counted up to now; the counting of what is done begins anew. */
    private Counted take() throws IOException {
        return onLoop(() -> {
            Counted counted = new Counted(nanos, errors);
            nanos = new Histogram(3);
            return counted;
        });
    }

    private <T> T onLoop(Callable<T> task) throws IOException {
        try {
            return loop.submit(task).get();
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted", e);
    }

    private void connect() {
        if (isStopped) {
            return;
        }
        ChannelFuture connected =
                bootstrap.clone().handler(new Client(System.nanoTime(), this)).connect();
        open.add(connected.channel());
        connected.addListener(done -> {
            if (!done.isSuccess()) {
                failed(String.valueOf(done.cause()));
            }
        });
    }

    @Override
    public boolean first(Channel client, long tookNanos) {
        notServed.countDown();
        if (load == Load.REQUESTS) {
            return true;
        }
        nanos.recordValue(tookNanos);
        client.close();
        connect();
        return false;
    }

    @Override
    public void later(long tookNanos) {
        nanos.recordValue(tookNanos);
    }

    @Override
    public void failed(String why) {
        if (isStopped) {
            return;
        }
        if (errors++ == 0) {
            System.err.println("a client failed: " + why);
        }
        loop.schedule(this::connect, BACK_OFF_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Closes every connection. */
    @Override
    public void close() throws IOException {
        onLoop(() -> isStopped = true);
        // A loop that is shut down may leave open what connects just then.
        open.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
