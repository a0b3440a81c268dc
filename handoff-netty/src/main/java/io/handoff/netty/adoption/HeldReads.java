package io.handoff.netty.adoption;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands between Netty and the size of a channel's reads, which is the one place where an epoll channel asks somebody
 * else before it reads. An error at the socket makes Netty read whatever {@code autoRead} says; while reads are held,
 * none is made. And it sees a read that was asked for by nothing that is there to be read.
 */
@SuppressWarnings("deprecation") // Netty's interface of handles is, and has no successor.
final class HeldReads implements RecvByteBufAllocator.ExtendedHandle {

    private final BooleanSupplier beforeReading;
    private final Runnable whenWokenForNothing;
    private RecvByteBufAllocator.@Nullable ExtendedHandle sizes;
    private boolean areHeld = true;
    private boolean anyRefused;
    private boolean anyRead;
    private boolean nothingThere;

    /** Takes what comes before each read of the socket, and tells whether that may be read still. */
    HeldReads(BooleanSupplier beforeReading, Runnable whenWokenForNothing) {
        this.beforeReading = beforeReading;
        this.whenWokenForNothing = whenWokenForNothing;
    }

    void release() {
        areHeld = false;
    }

    /** Whether Netty wanted to read while reads were held. */
    boolean anyRefused() {
        return anyRefused;
    }

    private RecvByteBufAllocator.ExtendedHandle sizes() {
        return Objects.requireNonNull(sizes, "reset comes first");
    }

    /** Asks for the program's allocator as late as Netty would, so that it may be set until the first read. */
    @Override
    public void reset(ChannelConfig config) {
        if (sizes == null) {
            sizes = (RecvByteBufAllocator.ExtendedHandle)
                    config.getRecvByteBufAllocator().newHandle();
        }
        sizes.reset(config);
        anyRead = false;
        nothingThere = false;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
        if (areHeld) {
            anyRefused = true;
            throw new HeldException();
        }
        // A closed socket is not to be read: its number may be another's by now. Netty takes no bytes for its end.
        return beforeReading.getAsBoolean() ? sizes().allocate(allocator) : Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void lastBytesRead(int bytes) {
        anyRead |= bytes > 0;
        nothingThere = bytes == 0;
        sizes().lastBytesRead(bytes);
    }

    @Override
    public void readComplete() {
        sizes().readComplete();
        if (nothingThere && !anyRead) {
            whenWokenForNothing.run();
        }
    }

    @Override
    public int guess() {
        return sizes().guess();
    }

    @Override
    public void incMessagesRead(int count) {
        // A broker that is to hand the connection on ends a loop of reads so, be there one or not.
        if (sizes != null) {
            sizes.incMessagesRead(count);
        }
    }

    @Override
    public int lastBytesRead() {
        return sizes().lastBytesRead();
    }

    @Override
    public void attemptedBytesRead(int bytes) {
        sizes().attemptedBytesRead(bytes);
    }

    @Override
    public int attemptedBytesRead() {
        return sizes().attemptedBytesRead();
    }

    @Override
    public boolean continueReading() {
        return sizes().continueReading();
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
        return sizes().continueReading(maybeMoreData);
    }

    /** Goes up the pipeline in place of a read that was held. */
    static final class HeldException extends RuntimeException {
        private static final long serialVersionUID = 1;

        HeldException() {
            super("reads of an adopted connection are held until its broker knows of it", null, false, false);
        }
    }
}
