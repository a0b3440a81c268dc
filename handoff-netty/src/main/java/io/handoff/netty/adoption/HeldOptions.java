package io.handoff.netty.adoption;

import io.netty.channel.ChannelOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Options that were set on a channel and have not reached its socket yet. Safe from any thread, as options are. */
final class HeldOptions {

    private @Nullable Map<ChannelOption<?>, Object> held = new LinkedHashMap<>();

    /** Keeps an option, until they are taken; says no after that. */
    synchronized boolean hold(ChannelOption<?> option, Object value) {
        if (held == null) {
            return false;
        }
        // The last one set comes last.
        held.remove(option);
        held.put(option, value);
        return true;
    }

    /** What an option was set to, where that is held. */
    @SuppressWarnings("unchecked") // Held under an option is what was set for it.
    synchronized <T> @Nullable T get(ChannelOption<T> option) {
        return held == null ? null : (T) held.get(option);
    }

    /** Ends the holding: what was set, in that order. */
    synchronized Map<ChannelOption<?>, Object> take() {
        Map<ChannelOption<?>, Object> due = held == null ? Map.of() : held;
        held = null;
        return due;
    }
}
