package io.handoff.netty.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.FakeBroker;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.FaultyCalls;
import io.handoff.netty.Warns;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.testkit.ScriptedBackend;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A client's channel leaves its event loop and comes back, also where epoll_ctl(2) fails, of which Netty does not tell. */
class ClientRegistrationIT extends BrokerFixture {

    @Test
    void shouldHaveLeftEpollBeforeTheConnectionIsPassed() throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        Served served = serve();
        EpollInstance epoll = EpollInstance.with(socketOf(served));
        Queue<Boolean> seen = new ConcurrentLinkedQueue<>();
        HandoffBroker broker = builder()
                .socketCalls(new SendingCalls((socket, bytes, passed) -> {
                    seen.add(epoll.has(passed));
                    return LibcSocketCalls.INSTANCE.send(socket, bytes, passed);
                }))
                .build();

        assertThat(get(handOff(broker, served))).isEqualTo(new Accepted());

        assertThat(seen).containsExactly(false);
        backend.takeHandoff().client();
    }

    @Test
    void shouldKeepAConnectionThatIsLeftInEpoll() throws Exception {
        backend(ACCEPT);
        Served served = serve();
        EpollInstance epoll = EpollInstance.with(socketOf(served));

        Future<HandoffOutcome> outcome = served.channel()
                .eventLoop()
                .submit(() -> {
                    Future<HandoffOutcome> begun = handOff(broker(), served);
                    // Before the guard, which lets nobody see this.
                    served.channel().pipeline().addFirst(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelUnregistered(ChannelHandlerContext ctx) {
                            if (ctx.channel().isOpen()) {
                                epoll.leaveIn(((UnixChannel) ctx.channel()).fd());
                            }
                            ctx.fireChannelUnregistered();
                        }
                    });
                    return begun;
                })
                .get();

        Failed failed = getFailed(outcome);
        assertThat(failed.stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(failed.cause()).hasMessage("the client's channel could not be taken out of epoll");
        assertGoesOn(served, failed);
        assertThat(epoll.has(socketOf(served))).isTrue();
    }

    @Test
    void shouldServeARejectedConnectionThatWasLeftInEpoll() throws Exception {
        backend(REJECT);
        Served served = serve();
        FileDescriptor socket = socketOf(served);
        EpollInstance epoll = EpollInstance.with(socket);
        HandoffBroker broker = builder()
                .socketCalls(new FaultyCalls() {
                    @Override
                    public OwnedDescriptor newUnixSocket() throws IOException {
                        epoll.leaveIn(socket);
                        return super.newUnixSocket();
                    }
                })
                .build();

        assertThat(get(handOff(broker, served))).isEqualTo(new Rejected("not today"));

        assertServedAsBefore(served);
    }

    @Test
    @Warns({"An exception was thrown by", "it could not be registered with its event loop again"})
    void shouldTellOfTheRejectionWhenTheConnectionCannotBeRegisteredAgain() throws Exception {
        backend(REJECT);
        ShowingLoops loops = new ShowingLoops();
        Served served = serve(new FakeBroker(loops).listenOnTcp());
        EpollInstance epoll = EpollInstance.with(socketOf(served));
        loops.registering = channel -> {
            if (channel == served.channel()) {
                epoll.leaveIn(socketOf(served));
            }
        };

        assertThat(get(handOff(broker(), served))).isEqualTo(new Rejected("not today"));

        assertThat(served.channel().isOpen()).isFalse();
        assertThat(served.client().receiveToEnd()).isEmpty();
    }

    /** Event loops that show each channel to the test before they register it. */
    private static final class ShowingLoops extends MultiThreadIoEventLoopGroup {

        volatile Consumer<Channel> registering = channel -> {};

        ShowingLoops() {
            super(2, EpollIoHandler.newFactory());
        }

        @Override
        protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... args) {
            return new SingleThreadIoEventLoop(this, executor, handlers) {
                @Override
                public ChannelFuture register(ChannelPromise promise) {
                    registering.accept(promise.channel());
                    return super.register(promise);
                }
            };
        }
    }
}
