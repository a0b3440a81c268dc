package io.handoff.reliability.soak;

import static io.handoff.reliability.soak.SoakBackend.ACCEPTED;

import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.PayloadEncoding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What the broker of the load does, how often, and as what the backend has to count it. */
@SuppressWarnings("ImmutableEnumChecker") // The plays have no state.
enum SoakCase {
    UNIX(30, "hands off a Unix-domain connection", ACCEPTED, SoakAccepted::overUnix),
    TCP(10, "hands off a TCP connection", ACCEPTED, SoakAccepted::overTcp),
    IN_PIECES(6, "the same, token and offer in pieces, within a trace", ACCEPTED, SoakAccepted::inPieces),
    LIVING(2, "hands off a connection that lives for a while", ACCEPTED, SoakAccepted::living),

    OTHER_TOKEN(5, "offers another token than it sent", "rejected TOKEN_MISMATCH", SoakRejected::otherToken),
    SHORT_TOKEN(2, "offers 15 bytes for a token", "rejected TOKEN_LENGTH", SoakRejected::shortToken),
    NO_SOCKET(5, "hands off what is no socket", "rejected DESCRIPTOR_UNFIT", SoakRejected::noSocket),
    NOT_ADMITTED(5, "asks for a service that is not admitted", "rejected NOT_ADMITTED", SoakRejected::notAdmitted),
    INITIALIZER_FAILS(3, "asks for one whose initializer throws", "rejected ADOPTION_FAILED", SoakRejected::failing),

    VERSION(2, "sends a frame of another version", error(Kind.UNSUPPORTED_FRAMING_VERSION), SoakMalformed::version),
    OVERSIZE(2, "announces a frame over the cap", error(Kind.FRAME_TOO_LARGE), SoakMalformed::oversize),
    GARBAGE(2, "sends a frame of garbage", error(Kind.UNDECODABLE_FRAME), SoakMalformed::garbage),
    ENVELOPE(
            2,
            "sends an envelope of another version",
            error(Kind.ENVELOPE_VERSION),
            SoakMalformed.offer(frame -> frame.setEnvelopeVersion(2))),
    KIND(
            1,
            "sends an event",
            error(Kind.FRAME_KIND),
            SoakMalformed.offer(frame -> frame.setKind(FrameKind.FRAME_KIND_EVENT))),
    PROTOCOL(
            1,
            "sends what belongs to another protocol",
            error(Kind.PAYLOAD_PROTOCOL),
            SoakMalformed.offer(frame -> frame.setPayloadProtocol(0xAD01))),
    COMPRESSED(
            1,
            "sends a compressed offer",
            error(Kind.PAYLOAD_ENCODING),
            SoakMalformed.offer(frame -> frame.setPayloadEncoding(PayloadEncoding.PAYLOAD_ENCODING_ZSTD))),
    CORRELATION(
            1,
            "sends an offer in the frame of another",
            error(Kind.CORRELATION),
            SoakMalformed.offer(frame -> frame.setRequestId(~frame.getRequestId()))),
    NO_DESCRIPTOR(2, "sends no descriptor", error(Kind.DESCRIPTOR_MISSING), SoakMalformed::noDescriptor),
    TWO_DESCRIPTORS(2, "sends two descriptors", error(Kind.DESCRIPTOR_SURPLUS), SoakMalformed::twoDescriptors),

    NOTHING(2, "connects and leaves", null, SoakAborted::nothing),
    PART_OF_TOKEN(3, "leaves in the middle of the token", error(Kind.UNEXPECTED_EOF), SoakAborted::partOfToken),
    NO_OFFER(3, "leaves after token and descriptor", null, SoakAborted::noOffer),
    PART_OF_FRAME(3, "leaves in the middle of the offer", error(Kind.UNEXPECTED_EOF), SoakAborted::partOfFrame),
    HALF_CLOSED(2, "half-closes after the offer", ACCEPTED, SoakAborted::halfClosed),
    ACK_UNREAD(2, "leaves without the ACK", null, SoakAborted::ackUnread),
    RESET(1, "hands off a connection that its client has reset", ACCEPTED, SoakAborted::reset),

    SILENT(0, "connects and is silent", error(Kind.DEADLINE_EXCEEDED), SoakIdle::silent),
    TOKEN_STALLS(0, "stalls in the middle of the token", error(Kind.DEADLINE_EXCEEDED), SoakIdle::partOfToken),
    OFFER_MISSES(0, "stalls before the offer", error(Kind.DEADLINE_EXCEEDED), SoakIdle::noOffer),
    FRAME_STALLS(0, "stalls in the middle of the offer", error(Kind.DEADLINE_EXCEEDED), SoakIdle::partOfFrame);

    /** Plays the broker's and the client's part, and checks what comes back. */
    @FunctionalInterface
    interface Play {
        void play(SoakContext context) throws IOException;
    }

    private final int share;
    private final String title;
    private final String count;
    private final Play play;

    SoakCase(int share, String title, String count, Play play) {
        this.share = share;
        this.title = title;
        this.count = count;
        this.play = play;
    }

    private static String error(Kind kind) {
        return "wire error " + kind;
    }

    /** How many of a hundred; none, where it takes until the deadline. */
    int share() {
        return share;
    }

    boolean isIdle() {
        return share == 0;
    }

    String title() {
        return title;
    }

    /** The backend's name for the outcome; null where it counts none, or none that can be known. */
    String count() {
        return count;
    }

    void play(SoakContext context) throws IOException {
        play.play(context);
    }

    /** A hundred of them, mixed, in the same order each time. */
    static List<SoakCase> hundred() {
        List<SoakCase> all = new ArrayList<>();
        for (SoakCase each : values()) {
            all.addAll(Collections.nCopies(each.share, each));
        }
        Collections.shuffle(all, new Random(1));
        return List.copyOf(all);
    }

    static List<SoakCase> idle() {
        return Arrays.stream(values()).filter(SoakCase::isIdle).toList();
    }
}
