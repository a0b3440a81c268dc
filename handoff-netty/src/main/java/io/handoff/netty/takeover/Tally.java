package io.handoff.netty.takeover;

import io.handoff.netty.takeover.TakeoverReport.End;
import java.time.Duration;

/** Counts what becomes of the connections of one takeover. Confined to its executor; its reports go anywhere. */
final class Tally {

    private int moved;
    private int lost;
    private int ended;
    private int busy;
    private int rejected;
    private int waiting;
    private int closed;
    private long rejections;
    private String problem = "";
    private long slowestNanos;

    /** How a connection stands. */
    enum Standing {
        WAITING,
        BUSY,
        REJECTED,
        MOVED,
        LOST,
        ENDED
    }

    void begins() {
        waiting++;
    }

    void changes(Standing from, Standing to) {
        add(from, -1);
        add(to, 1);
    }

    private void add(Standing standing, int number) {
        switch (standing) {
            case WAITING -> waiting += number;
            case BUSY -> busy += number;
            case REJECTED -> rejected += number;
            case MOVED -> moved += number;
            case LOST -> lost += number;
            case ENDED -> ended += number;
        }
    }

    void rejection() {
        rejections++;
    }

    void problem(String why) {
        problem = why;
    }

    void took(long nanos) {
        slowestNanos = Math.max(slowestNanos, nanos);
    }

    void closed(int number) {
        closed = number;
    }

    TakeoverReport report(End end, long waitedNanos, long movingNanos) {
        return new TakeoverReport(
                end,
                moved,
                lost,
                ended,
                busy,
                rejected,
                waiting,
                closed,
                rejections,
                problem,
                Duration.ofNanos(waitedNanos),
                Duration.ofNanos(movingNanos),
                Duration.ofNanos(slowestNanos));
    }
}
