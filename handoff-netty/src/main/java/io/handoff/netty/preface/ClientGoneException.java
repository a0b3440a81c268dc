package io.handoff.netty.preface;

import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/** A {@link ClosedChannelException} that says what has ended, which its own class has no room for. */
final class ClientGoneException extends ClosedChannelException {

    private static final long serialVersionUID = 1;

    private final String what;

    ClientGoneException(String what, @Nullable Throwable cause) {
        this.what = what;
        if (cause != null) {
            initCause(cause);
        }
    }

    @Override
    public String getMessage() {
        return what;
    }
}
