package io.handoff.netty.takeover;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

@Name("io.handoff.Takeover")
@Label("Takeover")
@Description("A takeover has ended")
@Category("Handoff")
@StackTrace(false)
final class TakeoverEvent extends Event {

    @Label("End")
    String end = "";

    @Label("Moved")
    @Description("Connections that the successor has accepted")
    int moved;

    @Label("Lost")
    int lost;

    @Label("Ended")
    @Description("Connections that have ended by themselves")
    int ended;

    @Label("Left")
    @Description("Connections that were here at the end")
    int left;

    @Label("Closed")
    @Description("Those of them that were closed, because the time was over")
    int closed;

    @Label("Rejections")
    long rejections;

    @Label("Waited")
    @Description("For the successor")
    @Timespan
    long waited;

    @Label("Moving")
    @Description("Since the successor was there")
    @Timespan
    long moving;

    static void commit(TakeoverReport report) {
        TakeoverEvent event = new TakeoverEvent();
        if (event.shouldCommit()) {
            event.end = report.end().name();
            event.moved = report.moved();
            event.lost = report.lost();
            event.ended = report.ended();
            event.left = report.left();
            event.closed = report.closed();
            event.rejections = report.rejections();
            event.waited = report.waited().toNanos();
            event.moving = report.moving().toNanos();
            event.commit();
        }
    }
}
