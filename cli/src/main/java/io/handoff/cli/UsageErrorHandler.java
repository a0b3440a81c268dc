package io.handoff.cli;

import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;

/**
 * Explains a wrong command line. Picocli quotes the arguments that it cannot place, and a token may be among them, say
 * after a mistyped {@code --token}: long runs of hexadecimal digits are not repeated.
 */
final class UsageErrorHandler implements IParameterExceptionHandler {

    /** Longer than any number that is an argument here, shorter than a token that misses some digits. */
    private static final Pattern LIKELY_TOKEN = Pattern.compile("\\p{XDigit}{24,}");

    @Override
    public int handleParseException(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String why = LIKELY_TOKEN.matcher(error.getMessage()).replaceAll("(redacted)");
        command.getErr().println(name + ": " + why);
        command.getErr().println("Try '" + name + " --help' for more information.");
        return CommandLine.ExitCode.USAGE;
    }
}
