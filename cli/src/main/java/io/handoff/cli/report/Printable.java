package io.handoff.cli.report;

import java.util.function.IntPredicate;

/**
 * Makes text that a peer has chosen safe to print: characters that could end a line, steer a terminal or reorder the
 * text are written as {@code \}{@code u{hex}}, and a backslash as two.
 */
public final class Printable {

    private Printable() {}

    /** The text within one line; spaces are kept. */
    public static String line(String text) {
        return escape(text, Printable::isVisible);
    }

    /** The text within one word, so that it cannot pass for a field of its own. */
    public static String word(String text) {
        return escape(text, c -> isVisible(c) && !Character.isSpaceChar(c));
    }

    private static String escape(String text, IntPredicate plain) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '\\') {
                escaped.append("\\\\");
            } else if (plain.test(c)) {
                escaped.appendCodePoint(c);
            } else {
                escaped.append("\\u{").append(Integer.toHexString(c)).append('}');
            }
        });
        return escaped.toString();
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
