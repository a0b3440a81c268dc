package io.handoff.cli.service;

import java.lang.reflect.Proxy;

/**
 * SIGHUP, for a command that reads its settings again. The one class of the JDK that takes a signal is in {@code jdk.unsupported},
 * and no compiler lets its use pass without a warning; so it is called by name.
 */
public final class ReloadSignal {

    private ReloadSignal() {}

    /**
     * Makes the signal run this, on a thread of its own, rather than end the process. Signals that come close together may run it at
     * the same time.
     *
     * @return false if the signal was ignored when this process began, as after nohup(1): then a JVM goes on ignoring it
     * @throws UnsupportedOperationException if this JVM lets no program take it
     */
    public static boolean runs(Runnable reload) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object reloading = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, args) -> {
                        reload.run();
                        return null;
                    });
            Object before = signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), reloading);
            return before != handler.getField("SIG_IGN").get(null);
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException("SIGHUP cannot be taken by a program of this JVM: " + e, e);
        }
    }
}
