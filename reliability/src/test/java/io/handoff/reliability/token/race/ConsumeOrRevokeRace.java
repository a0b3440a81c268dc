package io.handoff.reliability.token.race;

import static io.handoff.reliability.token.race.RacedTokens.TOKEN;
import static io.handoff.reliability.token.race.RacedTokens.answer;
import static io.handoff.reliability.token.race.RacedTokens.isAccepted;

import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.token.TokenVerdict;
import io.netty.util.concurrent.Future;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** The pending token is presented while it is taken back; afterwards it is presented once more. */
@JCStressTest
@Outcome(id = "true, false, false", expect = Expect.ACCEPTABLE, desc = "Accepted; there was nothing to take back.")
@Outcome(id = "false, true, false", expect = Expect.ACCEPTABLE, desc = "Taken back; there was nothing to accept.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Accepted and taken back, neither, or accepted again.")
@State
public class ConsumeOrRevokeRace {

    private final HandoffTokens tokens = RacedTokens.withOnePending();
    private Future<TokenVerdict> consumed;
    private Future<Boolean> revoked;

    @Actor
    public void present() {
        consumed = tokens.consume(TOKEN, TOKEN);
    }

    @Actor
    public void takeBack() {
        revoked = tokens.revoke(TOKEN);
    }

    @Arbiter
    public void judge(ZZZ_Result result) {
        result.r1 = isAccepted(consumed);
        result.r2 = answer(revoked);
        result.r3 = isAccepted(tokens.consume(TOKEN, TOKEN));
    }
}
