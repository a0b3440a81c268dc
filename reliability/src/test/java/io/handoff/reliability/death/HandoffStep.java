package io.handoff.reliability.death;

import static io.handoff.reliability.death.ClientEnd.CLOSED;
import static io.handoff.reliability.death.ClientEnd.SERVED_ON;
import static io.handoff.reliability.death.Party.BACKEND;
import static io.handoff.reliability.death.Party.BROKER;

/**
 * Where a handoff can stand when a process dies, in the order in which a handoff comes there, and what the death then means
 * for the client (WIRE §7).
 */
enum HandoffStep {
    CLIENT_ACCEPTED("the broker has accepted the client and serves it", BROKER, 0, CLOSED, SERVED_ON),
    CLIENT_OUT("the client's channel is out of epoll, the backend not dialled", BROKER, 0, CLOSED, SERVED_ON),
    CONNECTED("the control connection is connected and accepted", BROKER, 1, CLOSED, SERVED_ON),
    OPENING_HALF("the descriptor and 8 of the 16 bytes have been sent and received", BROKER, 2, CLOSED, CLOSED),
    OPENING_SENT("the descriptor and the 16 bytes have been sent and received", BROKER, 2, CLOSED, CLOSED),
    OFFER_HALF("half of the offer has been sent and read", BROKER, 2, CLOSED, CLOSED),
    OFFER_READ("the offer has been read, its token not judged", BACKEND, 2, CLOSED, CLOSED),
    TOKEN_CONSUMED("the token is consumed, the adopted channel not registered", BACKEND, 2, CLOSED, CLOSED),
    ADOPTED("the initializer has run, the ACK is not written", BACKEND, 2, CLOSED, CLOSED),
    ACK_HALF("half of the ACK is written", BACKEND, 2, CLOSED, CLOSED),
    ACK_WRITTEN("the ACK is written, the gate shut", BACKEND, 2, SERVED_ON, CLOSED),
    GATE_OPEN("the gate is open, nothing of the client read", BACKEND, 1, SERVED_ON, CLOSED),
    ACK_RECEIVED("the ACK is received, the broker's copy still open", BROKER, 2, SERVED_ON, CLOSED),
    COPY_CLOSED("the broker's copy is closed", BROKER, 1, SERVED_ON, CLOSED),
    FIRST_BYTES("the backend has served the first bytes", BACKEND, 1, SERVED_ON, CLOSED);

    private final String description;
    private final Party holder;
    private final int backendSockets;
    private final ClientEnd afterBrokersDeath;
    private final ClientEnd afterBackendsDeath;

    HandoffStep(
            String description,
            Party holder,
            int backendSockets,
            ClientEnd afterBrokersDeath,
            ClientEnd afterBackendsDeath) {
        this.description = description;
        this.holder = holder;
        this.backendSockets = backendSockets;
        this.afterBrokersDeath = afterBrokersDeath;
        this.afterBackendsDeath = afterBackendsDeath;
    }

    String description() {
        return description;
    }

    /** The process that makes a handoff stand there, and counts those that do. */
    Party holder() {
        return holder;
    }

    /** How many sockets the backend has of a handoff that stands there: the control connection, and the client's. */
    int backendSockets() {
        return backendSockets;
    }

    /** How the client of a handoff that stands there must end. */
    ClientEnd afterDeathOf(Party victim) {
        return victim == BROKER ? afterBrokersDeath : afterBackendsDeath;
    }
}
