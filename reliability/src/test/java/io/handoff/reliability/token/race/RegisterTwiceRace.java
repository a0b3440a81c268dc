package io.handoff.reliability.token.race;

import static io.handoff.reliability.token.race.RacedTokens.TOKEN;
import static io.handoff.reliability.token.race.RacedTokens.answer;
import static io.handoff.reliability.token.race.RacedTokens.isMadePending;

import io.handoff.netty.token.HandoffTokens;
import io.netty.util.concurrent.Future;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Two register the same token, as two connections do that carry the same 16 bytes. */
@JCStressTest
@Outcome(id = "true, false, 1", expect = Expect.ACCEPTABLE, desc = "The first has it.")
@Outcome(id = "false, true, 1", expect = Expect.ACCEPTABLE, desc = "The second has it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both have it, or neither, or it is not pending once.")
@State
public class RegisterTwiceRace {

    private final HandoffTokens tokens = RacedTokens.atMost(8);
    private Future<Void> first;
    private Future<Void> second;

    @Actor
    public void registerFirst() {
        first = tokens.register(TOKEN);
    }

    @Actor
    public void registerSecond() {
        second = tokens.register(TOKEN);
    }

    @Arbiter
    public void judge(ZZI_Result result) {
        result.r1 = isMadePending(first);
        result.r2 = isMadePending(second);
        result.r3 = answer(tokens.pendingCount());
    }
}
