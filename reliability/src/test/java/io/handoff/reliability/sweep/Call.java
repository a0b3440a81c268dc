package io.handoff.reliability.sweep;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One system call, as strace prints it with {@code -yy}.
 *
 * @param name of the call
 * @param about what it is asked, and of which kind of descriptor: the same for every client
 * @param descriptor the number that it is about; -1 if there is none
 * @param isInjected whether strace made it fail
 */
record Call(String name, String about, int descriptor, boolean isInjected) {

    private static final Pattern LINE = Pattern.compile("(\\w+)\\((.*)\\) += (-?\\d.*|0x.*|\\?.*)");
    private static final Pattern DESCRIPTOR = Pattern.compile("(\\d+)<(.*?)>(?=[,)]|$)");

    private static final Pattern PATH = Pattern.compile("\"(/[^\"]*)\"");

    /** What tells apart what the same call is asked: an operation of epoll or fcntl, an option, a direction. */
    private static final Pattern REQUEST =
            Pattern.compile("\\b(EPOLL_CTL_[A-Z]+|SO_[A-Z]+|TCP_[A-Z]+|IP_[A-Z]+|SHUT_[A-Z]+|F_[A-Z_]+|SCM_RIGHTS)\\b");

    /** Reads a line; empty if it is no call that has returned. */
    static Optional<Call> parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String name = matcher.group(1);
        String arguments = matcher.group(2);
        String result = matcher.group(3);
        Matcher descriptors = DESCRIPTOR.matcher(arguments);
        StringBuilder about = new StringBuilder();
        int descriptor = -1;
        // The last one: epoll_ctl(2) is about the second of its two.
        while (descriptors.find()) {
            descriptor = Integer.parseInt(descriptors.group(1));
            about.setLength(0);
            about.append(name.startsWith("accept") ? "listening socket" : kind(descriptors.group(2)));
        }
        Matcher path = PATH.matcher(arguments);
        Matcher request = REQUEST.matcher(arguments);
        if (descriptor < 0 && path.find()) {
            about.append(path.group(1));
        } else if (request.find()) {
            about.append(about.isEmpty() ? "" : ", ").append(request.group(1));
        }
        return Optional.of(new Call(name, about.toString(), descriptor, result.endsWith("(INJECTED)")));
    }

    private static String kind(String description) {
        if (description.startsWith("TCP")) {
            return "client";
        }
        if (description.startsWith("UNIX")) {
            return "handoff connection";
        }
        return description.replaceAll("^anon_inode:\\[(.*)]$", "$1").replaceAll("<.*", "");
    }

    String title() {
        return about.isEmpty() ? name : name + " (" + about + ")";
    }
}
