package io.handoff.netty.listening;

import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/**
 * What a service manager can set on a listening socket so that nothing could be handed off by its connections, which have it
 * from the listening socket: options that put other control messages before the descriptor (unix(7)), and the one that lets none through.
 */
enum PassedOptions {
    SO_PASSCRED(16, false),
    SO_PASSSEC(34, false),
    SO_PASSPIDFD(76, false),
    SO_PASSRIGHTS(83, true);

    private static final int ENOPROTOOPT = -92;

    private final int number;
    private final int needed;

    PassedOptions(int number, boolean isNeeded) {
        this.number = number;
        this.needed = isNeeded ? 1 : 0;
    }

    /**
     * Sets all of them as a handoff needs them. A kernel that does not know one of them does without.
     *
     * @return whether one had to be changed
     * @throws IOException naming the option that cannot be set
     */
    static boolean settle(FileDescriptor socket, SocketCalls calls) throws IOException {
        boolean changed = false;
        for (PassedOptions option : values()) {
            try {
                changed |= option.settleOn(socket, calls);
            } catch (IOException e) {
                throw new IOException(
                        "cannot switch " + option + " of the socket that was passed: " + e.getMessage(), e);
            }
        }
        return changed;
    }

    private boolean settleOn(FileDescriptor socket, SocketCalls calls) throws IOException {
        try {
            if (calls.option(socket, number) == needed) {
                return false;
            }
        } catch (NativeIoException e) {
            if (e.expectedErr() == ENOPROTOOPT) {
                return false;
            }
            throw e;
        }
        calls.setOption(socket, number, needed);
        return true;
    }
}
