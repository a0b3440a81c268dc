package io.handoff.netty.adoption;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.handoff.netty.adoption.AdoptedLikeAcceptedIT.Script;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Answers once it has read the request, and closes; notes what it sees. */
final class ScriptedProgram extends ChannelInboundHandlerAdapter {
    private final Script script;
    private final List<String> seen;
    private String request = "";

    ScriptedProgram(Script script, List<String> seen) {
        this.script = script;
        this.seen = seen;
    }

    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        seen.add("registered, active: " + ctx.channel().isActive());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        seen.add("active");
        switch (script.reads()) {
            case WHEN_IT_ASKS -> ctx.read();
            case UNTIL_IT_IS_ACTIVE -> {
                ctx.channel().config().setAutoRead(false);
                ctx.executor().schedule(() -> ctx.channel().config().setAutoRead(true), 20, TimeUnit.MILLISECONDS);
            }
            default -> {}
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf bytes = (ByteBuf) msg;
        request += bytes.toString(UTF_8);
        bytes.release();
        if (request.length() < "request".length()) {
            ctx.read();
            return;
        }
        seen.add("read " + request);
        if (script.delayMillis() == 0) {
            answer(ctx);
        } else {
            ctx.executor().schedule(() -> answer(ctx), script.delayMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void answer(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(ctx.alloc().buffer(script.answerBytes()).writeZero(script.answerBytes()))
                .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        // Whether it comes before an answer that is given at once is a matter of moments.
        if (script.delayMillis() > 0) {
            seen.add(event.getClass().getSimpleName());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        seen.add("inactive");
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        seen.add("unregistered");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        seen.add(cause.getClass().getSimpleName());
    }
}
