package io.handoff.netty.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.logging.LoggingHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BoundaryBufferTest {

    private static final int PLENTY = 1 << 20;

    /** A protocol: how it is parsed, what ends a message, and some messages. */
    private record Protocol(List<String> messages, Predicate<Object> isEnd, Supplier<ChannelHandler[]> decoders) {

        String stream() {
            return String.join("", messages);
        }

        /** Where the last message ends of which so many bytes are a part. */
        int endOfLastWhole(int length) {
            int end = 0;
            for (String message : messages) {
                if (end + message.length() > length) {
                    break;
                }
                end += message.length();
            }
            return end;
        }

        ChannelHandler[] pipeline(BoundaryBuffer buffer, List<Object> ends) {
            List<ChannelHandler> handlers = new ArrayList<>(List.of(buffer));
            handlers.addAll(List.of(decoders.get()));
            handlers.add(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object msg) {
                    if (isEnd.test(msg)) {
                        ends.add(msg.getClass());
                        buffer.boundary();
                    }
                    ReferenceCountUtil.release(msg);
                }

                /** Such as that the channel has closed in the middle of a message. */
                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    assertThat(ctx.channel().isActive()).isFalse();
                }
            });
            return handlers.toArray(new ChannelHandler[0]);
        }
    }

    private static final List<String> REQUESTS = List.of(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nhello\r\n\r\nyou",
            "PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\nT: t\r\n\r\n",
            "DELETE /d HTTP/1.1\r\nX: 1\r\n\r\n");

    static Stream<Arguments> protocols() {
        Protocol http = new Protocol(
                REQUESTS, LastHttpContent.class::isInstance, () -> new ChannelHandler[] {new HttpServerCodec()});
        Protocol aggregated = new Protocol(REQUESTS, http.isEnd(), () ->
                new ChannelHandler[] {new HttpServerCodec(), new HttpObjectAggregator(1000)});
        Protocol lines = new Protocol(List.of("one\n", "\n", "three\r\n", "four\n"), msg -> true, () ->
                new ChannelHandler[] {new LineBasedFrameDecoder(100)});
        Protocol frames = new Protocol(List.of("\0\3abc", "\0\0", "\0\7defghij", "\0\1k"), msg -> true, () ->
                new ChannelHandler[] {new LengthFieldBasedFrameDecoder(100, 0, 2)});
        return Stream.of(
                Arguments.of(Named.of("HTTP", http)),
                Arguments.of(Named.of("HTTP, aggregated", aggregated)),
                Arguments.of(Named.of("lines", lines)),
                Arguments.of(Named.of("frames with a length", frames)));
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void shouldKeepWhatHasComeSinceTheLastWholeMessageWhateverThePieces(Protocol protocol) {
        byte[] stream = protocol.stream().getBytes(US_ASCII);
        Random random = new Random(42);
        for (int round = 0; round < 300; round++) {
            int largest = 1 + round % 40;
            BoundaryBuffer buffer = new BoundaryBuffer(PLENTY);
            List<Object> ends = new ArrayList<>();
            EmbeddedChannel channel = new EmbeddedChannel(protocol.pipeline(buffer, ends));
            int at = 0;
            while (at < stream.length) {
                int next = Math.min(stream.length, at + 1 + random.nextInt(largest));
                channel.writeInbound(piece(random, Arrays.copyOfRange(stream, at, next)));
                at = next;

                assertThat(buffer.busy()).isNull();
                assertThat(new String(buffer.kept(), US_ASCII))
                        .isEqualTo(protocol.stream().substring(protocol.endOfLastWhole(at), at));
            }
            assertThat(ends).hasSameSizeAs(protocol.messages());
            channel.finishAndReleaseAll();
        }
    }

    /** As a transport reads them: of any kind, some with room behind. */
    private static ByteBuf piece(Random random, byte[] bytes) {
        return switch (random.nextInt(5)) {
            case 0 -> Unpooled.directBuffer(bytes.length).writeBytes(bytes);
            case 1 -> Unpooled.wrappedBuffer(bytes);
            case 2 -> Unpooled.wrappedBuffer(bytes).asReadOnly();
            case 3 ->
                Unpooled.compositeBuffer()
                        .addComponent(true, Unpooled.copiedBuffer(bytes, 0, bytes.length / 2))
                        .addComponent(
                                true, Unpooled.copiedBuffer(bytes, bytes.length / 2, bytes.length - bytes.length / 2));
            default -> ByteBufAllocator.DEFAULT.ioBuffer(2048).writeBytes(bytes);
        };
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void shouldBeParsedByTheNextFromItsBeginningAtAnyByte(Protocol protocol) {
        byte[] stream = protocol.stream().getBytes(US_ASCII);
        for (int at = 0; at <= stream.length; at++) {
            BoundaryBuffer here = new BoundaryBuffer(PLENTY);
            BoundaryBuffer there = new BoundaryBuffer(PLENTY);
            List<Object> ends = new ArrayList<>();
            EmbeddedChannel from = new EmbeddedChannel(protocol.pipeline(here, ends));
            from.writeInbound(Unpooled.copiedBuffer(stream, 0, at));
            byte[] kept = here.kept();
            int endsHere = ends.size();
            here.moved();
            from.finishAndReleaseAll();
            // As when a client goes: some decoders tell the program of a message that will never be whole.
            ends.subList(endsHere, ends.size()).clear();
            EmbeddedChannel to = new EmbeddedChannel(protocol.pipeline(there, ends));
            if (kept.length > 0) {
                to.writeInbound(Unpooled.wrappedBuffer(kept));
            }
            to.writeInbound(Unpooled.copiedBuffer(stream, at, stream.length - at));

            assertThat(ends)
                    .as("moved at byte %s, after %s messages", at, endsHere)
                    .hasSameSizeAs(protocol.messages());
            assertThat(there.kept()).isEmpty();
            to.finishAndReleaseAll();
        }
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void shouldBeBusyOverItsBoundUntilTheNextBoundary(Protocol protocol) {
        byte[] stream = protocol.stream().getBytes(US_ASCII);
        int bound = 4;
        BoundaryBuffer buffer = new BoundaryBuffer(bound);
        EmbeddedChannel channel = new EmbeddedChannel(protocol.pipeline(buffer, new ArrayList<>()));
        for (int at = 1; at <= stream.length; at++) {
            channel.writeInbound(Unpooled.copiedBuffer(stream, at - 1, 1));

            String expected = protocol.stream().substring(protocol.endOfLastWhole(at), at);
            if (expected.length() > bound) {
                assertThat(buffer.busy()).isEqualTo("more than 4 bytes have come since the last boundary");
                assertThat(buffer.kept()).isEmpty();
            } else {
                assertThat(buffer.busy()).isNull();
                assertThat(buffer.kept()).isEqualTo(expected.getBytes(US_ASCII));
            }
        }
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldKeepABeginningThatCameWithMoreThanItsBound() {
        BoundaryBuffer buffer = new BoundaryBuffer(10);
        EmbeddedChannel channel =
                new EmbeddedChannel(buffer, new LineBasedFrameDecoder(100), new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                        buffer.boundary();
                        ReferenceCountUtil.release(msg);
                    }
                });

        channel.writeInbound(Unpooled.copiedBuffer("a line of some length\nand", US_ASCII));

        assertThat(buffer.busy()).isNull();
        assertThat(buffer.kept()).isEqualTo("and".getBytes(US_ASCII));
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldTakeABoundaryForTheEndOfAllThatWasReadWhereThereIsNoDecoder() {
        BoundaryBuffer buffer = new BoundaryBuffer(PLENTY);
        List<ByteBuf> held = new ArrayList<>();
        EmbeddedChannel channel = new EmbeddedChannel(buffer, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object msg) {
                held.add((ByteBuf) msg);
            }
        });

        channel.writeInbound(Unpooled.copiedBuffer("one", US_ASCII), Unpooled.copiedBuffer("two", US_ASCII));
        assertThat(buffer.kept()).isEqualTo("onetwo".getBytes(US_ASCII));
        buffer.boundary();
        assertThat(buffer.kept()).isEmpty();
        channel.writeInbound(Unpooled.copiedBuffer("three", US_ASCII));

        assertThat(buffer.kept()).isEqualTo("three".getBytes(US_ASCII));
        assertThat(held).extracting(bytes -> bytes.toString(US_ASCII)).containsExactly("one", "two", "three");
        held.forEach(ByteBuf::release);
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldBeBusyWhereSomethingStandsBetweenItAndTheDecoder() {
        BoundaryBuffer buffer = new BoundaryBuffer(PLENTY);
        EmbeddedChannel channel = new EmbeddedChannel(buffer, new LoggingHandler(), new LineBasedFrameDecoder(100));

        channel.writeInbound(Unpooled.copiedBuffer("one", US_ASCII));

        assertThat(buffer.busy())
                .isEqualTo("the BoundaryBuffer stands apart from the first decoder; expected it right before that");
        channel.finishAndReleaseAll();
    }

    /** So it is behind Netty's WebSocket handshake. */
    @Test
    void shouldKnowADecoderWithAnEncoderBeforeIt() {
        BoundaryBuffer buffer = new BoundaryBuffer(PLENTY);
        List<Object> ends = new ArrayList<>();
        EmbeddedChannel channel = new EmbeddedChannel(
                buffer,
                new WebSocket13FrameEncoder(false),
                new LineBasedFrameDecoder(100),
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                        ends.add(msg.getClass());
                        buffer.boundary();
                        ReferenceCountUtil.release(msg);
                    }
                });

        channel.writeInbound(Unpooled.copiedBuffer("one\ntw", US_ASCII));

        assertThat(ends).hasSize(1);
        assertThat(buffer.busy()).isNull();
        assertThat(buffer.kept()).asString(US_ASCII).isEqualTo("tw");
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldBeBusyWhileTheDecoderIsAtWork() {
        BoundaryBuffer buffer = new BoundaryBuffer(PLENTY);
        List<@Nullable String> asked = new ArrayList<>();
        EmbeddedChannel channel =
                new EmbeddedChannel(buffer, new LineBasedFrameDecoder(100), new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                        asked.add(buffer.busy());
                        ReferenceCountUtil.release(msg);
                    }
                });

        channel.writeInbound(Unpooled.copiedBuffer("one\ntwo\n", US_ASCII));

        assertThat(asked)
                .hasSize(2)
                .containsOnly(
                        "the decoders behind the BoundaryBuffer are at work; expected a task of the event loop's own");
        assertThat(buffer.busy()).isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldBeBusyWhenSomethingWasReadInsideARead() {
        BoundaryBuffer buffer = new BoundaryBuffer(PLENTY);
        List<String> lines = new ArrayList<>();
        EmbeddedChannel channel =
                new EmbeddedChannel(buffer, new LineBasedFrameDecoder(100), new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                        lines.add(((ByteBuf) msg).toString(US_ASCII));
                        ReferenceCountUtil.release(msg);
                        if (lines.size() == 1) {
                            ctx.pipeline().fireChannelRead(Unpooled.copiedBuffer("ree\nfour\n", US_ASCII));
                        }
                    }
                });

        channel.writeInbound(Unpooled.copiedBuffer("one\ntwo\nth", US_ASCII));
        channel.writeInbound(Unpooled.copiedBuffer("five\n", US_ASCII));

        assertThat(lines).containsExactly("one", "two", "three", "four", "five");
        assertThat(buffer.busy()).startsWith("bytes were read inside a read");
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldLeaveNothingToTheDecoderOfAConnectionThatHasMoved() {
        BoundaryBuffer buffer = new BoundaryBuffer(PLENTY);
        List<String> last = new ArrayList<>();
        EmbeddedChannel channel = new EmbeddedChannel(buffer, new ByteToMessageDecoder() {
            @Override
            protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {}

            @Override
            protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
                last.add(in.toString(US_ASCII));
            }
        });
        channel.writeInbound(Unpooled.copiedBuffer("half", US_ASCII));
        assertThat(buffer.kept()).isEqualTo("half".getBytes(US_ASCII));

        buffer.moved();
        channel.finishAndReleaseAll();

        assertThat(last).containsExactly("");
    }

    /** A decoder that holds on to parts of what it has been given, as the body of a request. */
    @Test
    void shouldNotTouchWhatAProgramHasTakenOfABuffer() {
        BoundaryBuffer buffer = new BoundaryBuffer(PLENTY);
        List<ByteBuf> taken = new ArrayList<>();
        EmbeddedChannel channel = new EmbeddedChannel(buffer, new ByteToMessageDecoder() {
            @Override
            protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
                while (in.readableBytes() >= 3) {
                    taken.add(in.readRetainedSlice(3));
                }
            }
        });
        StringBuilder stream = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            String piece = Integer.toString(i, 36) + ".";
            stream.append(piece);
            channel.writeInbound(ByteBufUtil.writeAscii(channel.alloc(), piece));
        }

        StringBuilder read = new StringBuilder();
        taken.forEach(slice -> {
            read.append(slice.toString(US_ASCII));
            slice.release();
        });
        assertThat(stream.toString()).startsWith(read.toString()).hasSizeLessThan(read.length() + 3);
        assertThat(buffer.kept()).hasSize(stream.length());
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldRefuseABoundOfNothing() {
        assertThatThrownBy(() -> new BoundaryBuffer(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxBytes was 0; expected a positive number");
    }
}
