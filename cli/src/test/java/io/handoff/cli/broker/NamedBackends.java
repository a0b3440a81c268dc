package io.handoff.cli.broker;

import java.util.ArrayList;
import java.util.List;

/** The backends of a test, which end with it. */
final class NamedBackends implements AutoCloseable {

    private final List<NamedBackend> all = new ArrayList<>();

    void add(NamedBackend backend) {
        all.add(backend);
    }

    @Override
    public void close() {
        all.forEach(NamedBackend::close);
    }
}
