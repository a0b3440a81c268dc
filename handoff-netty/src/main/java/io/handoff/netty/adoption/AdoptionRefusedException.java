package io.handoff.netty.adoption;

import io.handoff.netty.wire.HandoffRejection;
import io.netty.channel.ChannelException;

/** An adoption that the program does not want, which is no fault: the broker is told why. Not API. */
public final class AdoptionRefusedException extends ChannelException {
    private static final long serialVersionUID = 1;

    private final transient HandoffRejection rejection;

    AdoptionRefusedException(HandoffRejection rejection) {
        super(rejection.detail());
        this.rejection = rejection;
    }

    /**
     * Gives what the broker is told.
     *
     * @return the rejection
     */
    public HandoffRejection rejection() {
        return rejection;
    }
}
