package io.handoff.spring.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** Says why nothing is handed off, and what to do. It comes before the analyzer that would say that the port was in use. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class HandoffStartFailureAnalyzer extends AbstractFailureAnalyzer<HandoffStartException> {

    /** In a message of the library what to do stands behind it, if there is one thing to do. */
    private static final String THEN = "; ";

    private static final String EPOLL = "EpollIoHandler";

    private final Environment environment;

    HandoffStartFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, HandoffStartException failure) {
        Throwable cause = Objects.requireNonNull(failure.getCause());
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof IOException) {
            return analysis(failure, message, atSocket(failure.socket()));
        }
        if (cause instanceof UnsupportedOperationException) {
            return analysis(failure, message, onThisMachine(cause));
        }
        String action = message.contains(EPOLL)
                ? "Let Reactor Netty use its epoll transport: remove -Dreactor.netty.native=false, and io_uring from the class path."
                : "Correct the properties 'handoff.backend.*'.";
        return new FailureAnalysis(failure.getMessage() + ": " + message + ".", action, failure);
    }

    private static FailureAnalysis analysis(HandoffStartException failure, String message, String inSpringBoot) {
        int end = message.indexOf(THEN);
        String wrong = end < 0 ? message : message.substring(0, end);
        String advice = end < 0 ? "" : StringUtils.capitalize(message.substring(end + THEN.length())) + ". ";
        return new FailureAnalysis(failure.getMessage() + ": " + wrong + ".", advice + inSpringBoot, failure);
    }

    private String atSocket(Path socket) {
        if (environment.getProperty("handoff.backend.socket-activation", Boolean.class, false)) {
            return "Have the service manager open the socket, or set 'handoff.backend.socket-activation' to false.";
        }
        if (Files.isRegularFile(socket)) {
            return "Remove the file, or set 'handoff.backend.socket' to another path.";
        }
        return Files.exists(socket) && !Files.isDirectory(socket)
                ? "Stop the process that listens there, or set 'handoff.backend.socket' to another path."
                : "The path is that of 'handoff.backend.socket'.";
    }

    private static String onThisMachine(Throwable cause) {
        return cause.getCause() instanceof ClassNotFoundException
                ? "With Spring Boot's dependency management, set the property 'netty.version'."
                : "Only Linux on x86_64 and aarch64 has what is needed; elsewhere, leave 'handoff.backend.socket' unset.";
    }
}
