package io.handoff.benchmarks.host;

import com.google.protobuf.RuntimeVersion;
import io.netty.util.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;

/**
 * When, where and how something was measured: what every page of results has to say.
 *
 * @param day in UTC
 * @param host the machine
 * @param load its load average before and after
 * @param command what was run
 */
public record RunConditions(LocalDate day, Host host, String load, String command) {

    /**
     * Describes a run that is just over.
     *
     * @param load the load average before and after it
     * @param command what was run
     * @return the conditions of today and of this machine
     * @throws IOException if the machine does not tell what it is
     */
    public static RunConditions now(String load, String command) throws IOException {
        return new RunConditions(LocalDate.now(ZoneOffset.UTC), Host.current(), load, command);
    }

    /**
     * Tells where the results belong.
     *
     * @param all the directory of all results
     * @return a directory in it that is named after the day and the kind of host
     */
    public Path directory(Path all) {
        return all.resolve(day + "-" + host.kind());
    }

    /**
     * Describes the machine.
     *
     * @return one line, load average included
     */
    public String machine() {
        return host.description() + "; load average " + load;
    }

    /**
     * Names the libraries that the numbers depend on most.
     *
     * @return Netty and protobuf with their versions
     */
    public static String libraries() {
        return "Netty " + nettyVersion() + ", protobuf-java " + RuntimeVersion.OSS_MAJOR + "."
                + RuntimeVersion.OSS_MINOR + "." + RuntimeVersion.OSS_PATCH;
    }

    private static String nettyVersion() {
        return Objects.requireNonNull(Version.identify().get("netty-common"), "Netty does not know its version")
                .artifactVersion();
    }
}
