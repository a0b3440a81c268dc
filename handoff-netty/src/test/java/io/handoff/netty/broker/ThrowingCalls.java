package io.handoff.netty.broker;

import io.handoff.netty.FaultyCalls;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/** Calls of which one throws, whatever it is told to. */
final class ThrowingCalls extends FaultyCalls {

    /** Where in a handoff something is thrown, and what has become of it by then. */
    enum Thrown {
        CLEARING_THE_FLAG,
        SENDING_THE_DESCRIPTOR,
        SETTING_THE_FLAG_AGAIN,
        TELLING_THE_CLIENT
    }

    private final Thrown where;
    private final Throwable thrown;

    ThrowingCalls(Thrown where, Throwable thrown) {
        this.where = where;
        this.thrown = thrown;
    }

    private void maybeThrow(Thrown here) {
        if (here == where) {
            throw ThrowingCalls.<RuntimeException>sneaky(thrown);
        }
    }

    @Override
    public boolean setNonBlocking(FileDescriptor descriptor, boolean nonBlocking) throws IOException {
        maybeThrow(nonBlocking ? Thrown.SETTING_THE_FLAG_AGAIN : Thrown.CLEARING_THE_FLAG);
        return super.setNonBlocking(descriptor, nonBlocking);
    }

    @Override
    public int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException {
        maybeThrow(Thrown.SENDING_THE_DESCRIPTOR);
        return super.send(socket, bytes, passed);
    }

    @Override
    public int send(FileDescriptor socket, byte[] bytes) throws IOException {
        maybeThrow(Thrown.TELLING_THE_CLIENT);
        return super.send(socket, bytes);
    }

    /** Throws anything where only what is unchecked may be declared, as a program in another language does. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <T extends Throwable> T sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
