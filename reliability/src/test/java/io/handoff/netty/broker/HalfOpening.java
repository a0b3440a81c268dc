package io.handoff.netty.broker;

import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.unix.FileDescriptor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/** The real calls, but for a socket that takes only half of the 16 bytes along with the descriptor. */
public final class HalfOpening {

    private HalfOpening() {}

    /**
     * Gives a broker such a socket: the rest of the 16 bytes is an ordinary write then.
     *
     * @throws NoSuchMethodException if descriptors are sent with another call by now
     */
    public static HandoffBrokerBuilder of(HandoffBrokerBuilder builder) throws NoSuchMethodException {
        Method opening = SocketCalls.class.getMethod("send", FileDescriptor.class, byte[].class, FileDescriptor.class);
        return builder.socketCalls((SocketCalls) Proxy.newProxyInstance(
                SocketCalls.class.getClassLoader(), new Class<?>[] {SocketCalls.class}, (proxy, call, arguments) -> {
                    if (call.equals(opening)) {
                        byte[] bytes = (byte[]) arguments[1];
                        arguments[1] = Arrays.copyOf(bytes, bytes.length / 2);
                    }
                    try {
                        return call.invoke(LibcSocketCalls.INSTANCE, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
