package io.handoff.reliability.exhaustion;

import io.handoff.netty.wire.HandoffRejection.Reason;
import io.handoff.reliability.BackendCounts;
import io.handoff.reliability.Reliability;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What {@link DescriptorExhaustionIT} has found. */
final class ExhaustionPage {

    private String accepting = "";
    private String resumed = "";
    private String receiving = "";
    private String sending = "";

    void accepting(int limit, BackendCounts stood, long failures, double processors) {
        accepting = String.format(
                Locale.ROOT, """
                ## While accepting

                A backend with `ulimit -n %d` and %d idle connections to it: %d it had accepted, the others waited in the backlog.
                Standing so it used **%.3f of one processor**. `accept` failed %d times meanwhile, once a second, each time logged
                as a warning, told to the `HandoffListener` and counted as `acceptFailures`: `%s`.
                """, limit, limit, stood.open(), processors, failures, stood.lastAcceptFailure());
    }

    void resumed(int handoffs, long nanos, long sockets) {
        resumed = String.format("""
                %d handoffs that began then waited. When the idle connections had closed, all of them were accepted, and their
                clients were served by the backend, the last one %d ms later. In the end the backend had the %d sockets that it
                had begun with.
                """, handoffs, TimeUnit.NANOSECONDS.toMillis(nanos), sockets);
    }

    void receiving(int handoffs, BackendCounts counts, long sockets) {
        receiving = String.format(
                """
                ## While receiving

                With one descriptor left, which each connection took, %d handoffs of one client brought a descriptor that the kernel
                could not install (`MSG_CTRUNC`). Each was rejected with `%s`, %d counted as `%s`, and the client was served by
                its broker after each. When descriptors were free the same client was handed off. In the end the backend had the %d
                sockets that it had begun with.
                """,
                handoffs,
                DescriptorExhaustionIT.LOST,
                counts.refused(Reason.DESCRIPTOR_LOST),
                Reason.DESCRIPTOR_LOST,
                sockets);
    }

    void sending(String tooManyInFlight, String noneLeft) {
        sending = String.format("""
                ## While sending

                A broker process, without the capabilities that lift the limit from root. In each case the next handoff was accepted
                as soon as there was room again, and the process had as many sockets as before.

                | | outcome |
                |---|---|
                | as many descriptors in flight as the kernel allows | `%s` |
                | no descriptor left to connect with | `%s` |
                """, tooManyInFlight, noneLeft);
    }

    void write() throws IOException {
        Reliability.writePage(
                DescriptorExhaustionIT.class,
                "descriptor-exhaustion",
                "Descriptor exhaustion",
                String.join("\n", accepting, resumed, receiving, sending));
    }
}
