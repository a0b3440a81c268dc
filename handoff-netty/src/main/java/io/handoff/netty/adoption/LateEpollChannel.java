package io.handoff.netty.adoption;

import io.netty.channel.ChannelPromise;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.LinuxSocket;

/**
 * The channel of a connected socket, of which nothing is asked to make it, and which can be registered with its event loop before it is
 * in epoll. Not API.
 */
public abstract class LateEpollChannel extends AbstractEpollStreamChannel {

    /**
     * Takes the descriptor over.
     *
     * @param descriptor the number of a connected stream socket
     */
    protected LateEpollChannel(int descriptor) {
        // Netty asks for both addresses of a channel that is active from the start.
        super(LinuxSocket.newSocket(descriptor), false);
        active = true;
    }

    @Override
    public abstract StreamChannelConfig config();

    /**
     * Netty would put an active channel into epoll at once, and is deaf to a failure of that: the future stays open.
     *
     * @param promise told when the event loop knows the channel
     */
    protected final void registerWithoutEpoll(ChannelPromise promise) {
        active = false;
        ChannelPromise registered = newPromise();
        super.doRegister(registered);
        registered.addListener(done -> {
            active = isOpen();
            if (done.isSuccess()) {
                promise.setSuccess();
            } else {
                promise.setFailure(done.cause());
            }
        });
    }
}
