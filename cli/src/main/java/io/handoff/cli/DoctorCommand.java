package io.handoff.cli;

import io.handoff.cli.DoctorReport.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Examines a handoff socket, and says in plain words what is wrong with it. */
@Command(
        name = "doctor",
        description =
                "Examines a handoff socket, as a broker that runs as the same user finds it: whether its file is there and"
                        + " may be used, whether a backend answers and speaks v1, and how fast. It makes a few offers with tokens"
                        + " that nobody has issued; a backend with the policy 'carried' accepts them, and adopts connections"
                        + " that are closed at once. The first check that fails is the last.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:nothing is wrong", "1:a check has failed", "2:wrong usage"})
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class DoctorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--socket", required = true, paramLabel = "PATH", description = "The backend's handoff socket.")
    private Path socket;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Time for each answer; default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--json", description = "Print each line as a JSON object.")
    private boolean json;

    private ReportPrinter printer;

    @Override
    public Integer call() throws IOException {
        printer = ReportPrinter.of(spec.commandLine().getOut(), json);
        return isWell() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private boolean isWell() throws IOException {
        SocketFile file = new SocketFile(socket);
        if (!isWell(file.checkFile()) || !isWell(file.checkPermissions()) || !isWell(file.checkListening())) {
            return false;
        }
        try (DoctorExchange exchange = newExchange()) {
            DoctorReport protocol = exchange.checkProtocol();
            boolean isWell = isWell(protocol);
            if (protocol.verdict() == Verdict.OK) {
                isWell = isWell(exchange.checkRoundTrip());
            }
            return isWell;
        }
    }

    private boolean isWell(DoctorReport report) {
        printer.print(report);
        return report.verdict() != Verdict.FAILED;
    }

    private DoctorExchange newExchange() {
        try {
            return new DoctorExchange(socket, timeout);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }
}
