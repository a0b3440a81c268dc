package io.handoff.netty.observe;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** One thing for each constant of an enum. */
final class PerConstant<K extends Enum<K>, V> {

    private final Map<K, V> values;

    /** Makes the thing of each constant. */
    PerConstant(Class<K> constants, Function<K, V> made) {
        values = new EnumMap<>(constants);
        for (K constant : constants.getEnumConstants()) {
            values.put(constant, made.apply(constant));
        }
    }

    V get(K constant) {
        return Objects.requireNonNull(values.get(constant), "there is one for every constant");
    }

    Collection<V> values() {
        return values.values();
    }
}
