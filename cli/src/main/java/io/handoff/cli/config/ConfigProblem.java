package io.handoff.cli.config;

/**
 * One thing that is wrong with a file.
 *
 * @param line where, from 1 on; 0 if it is the file as a whole
 * @param column where in the line, from 1 on
 * @param text what came and what was expected
 */
record ConfigProblem(int line, int column, String text) {

    /** In the form that compilers have, which editors can follow. */
    String at(String file) {
        return line == 0 ? file + ": " + text : file + ":" + line + ":" + column + ": " + text;
    }
}
