package io.handoff.reliability.token.race;

import static io.handoff.reliability.token.race.RacedTokens.answer;
import static io.handoff.reliability.token.race.RacedTokens.isMadePending;

import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokens;
import io.netty.util.concurrent.Future;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Two have tokens issued where there is room for one more. */
@JCStressTest
@Outcome(id = "true, false, 2", expect = Expect.ACCEPTABLE, desc = "The first gets the last place.")
@Outcome(id = "false, true, 2", expect = Expect.ACCEPTABLE, desc = "The second gets the last place.")
@Outcome(expect = Expect.FORBIDDEN, desc = "More are pending than may be, or fewer.")
@State
public class IssueAtTheBoundRace {

    private final HandoffTokens tokens = RacedTokens.withOnePending();
    private Future<HandoffToken> first;
    private Future<HandoffToken> second;

    @Actor
    public void issueFirst() {
        first = tokens.issue();
    }

    @Actor
    public void issueSecond() {
        second = tokens.issue();
    }

    @Arbiter
    public void judge(ZZI_Result result) {
        result.r1 = isMadePending(first);
        result.r2 = isMadePending(second);
        result.r3 = answer(tokens.pendingCount());
    }
}
