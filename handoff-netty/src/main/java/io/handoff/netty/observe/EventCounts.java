package io.handoff.netty.observe;

import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.HandoffWireException;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what it is told. Counted on event loops, read from any thread. */
final class EventCounts implements ServerObserver {

    final LongAdder acceptFailures = new LongAdder();
    final LongAdder callFailures = new LongAdder();
    final LongAdder accepted = new LongAdder();
    final LongAdder acksFailed = new LongAdder();
    final TimeTotal answers = new TimeTotal();
    final TimeTotal adoptions = new TimeTotal();
    private final PerConstant<HandoffRejection.Reason, LongAdder> rejected = counted(HandoffRejection.Reason.class);
    private final PerConstant<HandoffWireException.Kind, LongAdder> wireErrors =
            counted(HandoffWireException.Kind.class);
    private final PerConstant<ConnectionRefusal, LongAdder> refused = counted(ConnectionRefusal.class);

    private final Map<Integer, LongAdder> errnos = new ConcurrentHashMap<>();

    private static <K extends Enum<K>> PerConstant<K, LongAdder> counted(Class<K> constants) {
        return new PerConstant<>(constants, constant -> new LongAdder());
    }

    LongAdder rejected(HandoffRejection.Reason reason) {
        return rejected.get(reason);
    }

    LongAdder wireErrors(HandoffWireException.Kind kind) {
        return wireErrors.get(kind);
    }

    LongAdder refused(ConnectionRefusal reason) {
        return refused.get(reason);
    }

    long judged() {
        return accepted.sum()
                + rejected.values().stream().mapToLong(LongAdder::sum).sum();
    }

    @Override
    public void acceptFailed(IOException failure) {
        acceptFailures.increment();
        count(failure);
    }

    @Override
    public void callFailed(IOException failure) {
        callFailures.increment();
        count(failure);
    }

    private void count(IOException failure) {
        Throwable said = failure.getCause() == null ? failure : failure.getCause();
        int errno = said instanceof NativeIoException told ? -told.expectedErr() : 0;
        errnos.computeIfAbsent(errno, first -> new LongAdder()).increment();
    }

    Map<Integer, Long> failuresByErrno() {
        Map<Integer, Long> failures = new TreeMap<>();
        errnos.forEach((errno, count) -> failures.put(errno, count.sum()));
        return failures;
    }

    @Override
    public void connectionRefused(HandoffPeer peer, ConnectionRefusal refusal) {
        refused(refusal).increment();
    }

    @Override
    public void offerJudged(HandoffPeer peer, HandoffAnswer answer) {
        if (answer instanceof HandoffAnswer.Rejected rejection) {
            rejected(rejection.rejection().reason()).increment();
        } else {
            accepted.increment();
        }
    }

    @Override
    public void acksLeft(HandoffPeer peer, LeftAcks acks) {
        answers.add(acks.answers().size(), acks.answerNanos());
        if (acks.broughtDescriptor()) {
            for (HandoffAnswer answer : acks.answers()) {
                if (answer instanceof HandoffAnswer.Accepted) {
                    adoptions.add(1, acks.sinceAcceptNanos());
                }
            }
        }
    }

    @Override
    public void ackFailed(HandoffPeer peer, HandoffAnswer answer) {
        acksFailed.increment();
    }

    @Override
    public void wireError(HandoffPeer peer, HandoffWireException error) {
        wireErrors(error.kind()).increment();
    }
}
