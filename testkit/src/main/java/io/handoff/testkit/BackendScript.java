package io.handoff.testkit;

import io.handoff.proto.v1.Frame;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a {@link ScriptedBackend} does with the connection of a broker. The connection is closed when the script returns.
 *
 * <p>It is called on a thread of its own for each connection, and may block. What it throws fails the test when the backend is
 * closed.
 */
@FunctionalInterface
public interface BackendScript {

    /**
     * Serves one connection.
     *
     * @param broker the connection
     * @throws Exception if what should come does not
     */
    void serve(BackendConnection broker) throws Exception;

    /**
     * Accepts, and leaves the client to the test: see {@link ScriptedBackend#takeHandoff()}.
     *
     * @return a script
     */
    static BackendScript accept() {
        return broker -> broker.send(HandoffFrames.accepting(broker.handoff().offer()));
    }

    /**
     * Accepts, and sends back what the client sends, until it ends or says nothing for 30 seconds.
     *
     * @return a script
     */
    static BackendScript echo() {
        return broker -> {
            accept().serve(broker);
            BlockingSocket client = broker.handoff().client();
            try (client) {
                for (byte[] some = client.receiveSome(); some.length > 0; some = client.receiveSome()) {
                    client.send(some);
                }
            } catch (IOException e) {
                // The client has gone, as clients may.
            }
        };
    }

    /**
     * Rejects, once the descriptor is closed.
     *
     * @param detail why
     * @return a script
     */
    static BackendScript reject(String detail) {
        return answer(handoff -> HandoffFrames.rejecting(handoff.offer(), detail));
    }

    /**
     * Accepts, with one part of the ACK wrong; the descriptor is closed.
     *
     * @param fault what is wrong
     * @return a script
     */
    static BackendScript wrong(AckFault fault) {
        return answer(handoff -> fault.in(HandoffFrames.accepting(handoff.offer())));
    }

    /** What to answer to a handoff. */
    @FunctionalInterface
    interface Answer {

        /**
         * Makes the answer.
         *
         * @param handoff what was received
         * @return what is sent
         */
        Frame to(ReceivedHandoff handoff);
    }

    /**
     * Closes the descriptor, and answers with any frame.
     *
     * @param answer makes the frame
     * @return a script
     */
    static BackendScript answer(Answer answer) {
        return broker -> {
            ReceivedHandoff handoff = broker.handoff();
            handoff.client().close();
            broker.send(answer.to(handoff));
        };
    }

    /**
     * Closes the descriptor, and answers with bytes that are no frame, or not a whole one.
     *
     * @param bytes what is sent
     * @return a script
     */
    static BackendScript garbage(byte[] bytes) {
        byte[] sent = bytes.clone();
        return broker -> {
            broker.handoff().client().close();
            broker.send(sent);
        };
    }

    /**
     * Receives the handoff, and closes everything without an answer.
     *
     * @return a script
     */
    static BackendScript vanish() {
        return broker -> broker.handoff().client().close();
    }

    /**
     * Accepts, and closes the client's connection unserved.
     *
     * @return a script
     */
    static BackendScript acceptAndVanish() {
        return broker -> {
            accept().serve(broker);
            broker.handoff().client().close();
        };
    }

    /**
     * Receives the handoff, and goes on when the test says so.
     *
     * @param goOn what the test counts down
     * @param then what to do then
     * @return a script
     */
    static BackendScript late(CountDownLatch goOn, BackendScript then) {
        return broker -> {
            broker.handoff();
            goOn.await();
            then.serve(broker);
        };
    }

    /**
     * Does something else with each connection, in the order in which they come.
     *
     * @param scripts one for each connection; the last one is for all that follow, too
     * @return a script
     */
    static BackendScript inTurn(BackendScript... scripts) {
        BackendScript[] turns = scripts.clone();
        AtomicInteger next = new AtomicInteger();
        return broker -> turns[Math.min(next.getAndIncrement(), turns.length - 1)].serve(broker);
    }
}
