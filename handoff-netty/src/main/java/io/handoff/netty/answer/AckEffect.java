package io.handoff.netty.answer;

import io.handoff.netty.adoption.AdoptionGate;
import io.handoff.netty.wire.FrameBudget;
import org.jspecify.annotations.Nullable;

/** What follows when an ACK has left, or is known never to leave: one of both happens, once. */
interface AckEffect {

    /** Nothing follows. */
    AckEffect NONE = new AckEffect() {
        @Override
        public void sent() {}

        @Override
        public void failed() {}
    };

    void sent();

    void failed();

    /** The frame of the offer takes up no memory any more, and neither does the ACK, which repeats its token. */
    static AckEffect givingBack(FrameBudget.@Nullable Share share) {
        return share == null
                ? NONE
                : new AckEffect() {
                    @Override
                    public void sent() {
                        share.giveBack();
                    }

                    @Override
                    public void failed() {
                        share.giveBack();
                    }
                };
    }

    /** The broker knows, and the adopted connection begins; or it does not, has to let go of it, and so must we. */
    static AckEffect beginning(@Nullable AdoptionGate adopted) {
        return adopted == null
                ? NONE
                : new AckEffect() {
                    @Override
                    public void sent() {
                        adopted.open();
                    }

                    @Override
                    public void failed() {
                        adopted.abandon();
                    }
                };
    }

    /** Both, this one first. */
    default AckEffect and(AckEffect next) {
        if (this == NONE || next == NONE) {
            return this == NONE ? next : this;
        }
        AckEffect first = this;
        return new AckEffect() {
            @Override
            public void sent() {
                first.sent();
                next.sent();
            }

            @Override
            public void failed() {
                first.failed();
                next.failed();
            }
        };
    }
}
