package io.handoff.reliability.token.race;

import static io.handoff.reliability.token.race.RacedTokens.TOKEN;
import static io.handoff.reliability.token.race.RacedTokens.isAccepted;
import static io.handoff.reliability.token.race.RacedTokens.isMadePending;

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

/** A token is presented while it is registered; afterwards it is presented once more. */
@JCStressTest
@Outcome(id = "true, true, false", expect = Expect.ACCEPTABLE, desc = "Presented in time, and accepted.")
@Outcome(id = "true, false, true", expect = Expect.ACCEPTABLE, desc = "Presented too early, and accepted later.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Not registered, accepted twice, or never.")
@State
public class RegisterAndConsumeRace {

    private final HandoffTokens tokens = RacedTokens.atMost(1);
    private Future<Void> registered;
    private Future<TokenVerdict> consumed;

    @Actor
    public void register() {
        registered = tokens.register(TOKEN);
    }

    @Actor
    public void present() {
        consumed = tokens.consume(TOKEN, TOKEN);
    }

    @Arbiter
    public void judge(ZZZ_Result result) {
        result.r1 = isMadePending(registered);
        result.r2 = isAccepted(consumed);
        result.r3 = isAccepted(tokens.consume(TOKEN, TOKEN));
    }
}
