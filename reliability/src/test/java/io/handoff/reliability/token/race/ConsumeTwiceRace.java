package io.handoff.reliability.token.race;

import static io.handoff.reliability.token.race.RacedTokens.TOKEN;
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

/** Two present the one pending token; afterwards it is presented once more. */
@JCStressTest
@Outcome(id = "true, false, false", expect = Expect.ACCEPTABLE, desc = "The first is accepted, and no one else.")
@Outcome(id = "false, true, false", expect = Expect.ACCEPTABLE, desc = "The second is accepted, and no one else.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Accepted by both, by neither, or again.")
@State
public class ConsumeTwiceRace {

    private final HandoffTokens tokens = RacedTokens.withOnePending();
    private Future<TokenVerdict> first;
    private Future<TokenVerdict> second;

    @Actor
    public void presentFirst() {
        first = tokens.consume(TOKEN, TOKEN);
    }

    @Actor
    public void presentSecond() {
        second = tokens.consume(TOKEN, TOKEN);
    }

    @Arbiter
    public void judge(ZZZ_Result accepted) {
        accepted.r1 = isAccepted(first);
        accepted.r2 = isAccepted(second);
        accepted.r3 = isAccepted(tokens.consume(TOKEN, TOKEN));
    }
}
