package io.handoff.cli.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/** Where clients connect. Equal addresses are the same listener, before and after the file is read again. */
public sealed interface ListenAddress {

    /** As it is written in the file. */
    String text();

    /** A TCP address; port 0 is any free one. */
    record Tcp(String text, InetSocketAddress address) implements ListenAddress {}

    /** The path of a Unix-domain socket. */
    record Unix(Path path) implements ListenAddress {
        @Override
        public String text() {
            return path.toString();
        }
    }

    /** A listening socket that systemd has opened: {@code FileDescriptorName=} of its unit. */
    record Systemd(String name) implements ListenAddress {

        public static final String PREFIX = "systemd:";

        @Override
        public String text() {
            return PREFIX + name;
        }
    }
}
