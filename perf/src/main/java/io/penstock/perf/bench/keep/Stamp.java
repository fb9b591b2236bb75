package io.penstock.perf.bench.keep;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.BenchException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is written into each result that is kept: the build that it was measured with, and whether for moments only. Results of several days lie in
 * one folder, and each must tell by itself.
 *
 * <p>Threads: any.
 */
final class Stamp {

    private static final Pattern OBJECT = Pattern.compile("\\A\\s*\\{(\\s*}?)");
    /** The first member of each of JMH's benchmarks. */
    private static final Pattern BENCHMARK = Pattern.compile("\\{(\\s*)\"jmhVersion\"");

    /** Where this machine has its JVM is nobody's business: which one it is stands beside it. */
    private static final Pattern JVM_PATH = Pattern.compile("\"jvm\"\\s*:\\s*\"[^\"]*\",\\s*");

    private Stamp() {
    }

    /** Into a bench command's JSON object, as its first members. */
    static String object(final String json, final String build, final boolean quick) {
        final Matcher start = OBJECT.matcher(json);
        if (!start.find()) {
            throw new BenchException("a measurement printed no JSON object that could be kept: " + json.lines().findFirst().orElse("nothing")
                    + "; run it alone, with --json, to see more");
        }
        final boolean empty = start.group(1).endsWith("}");
        return '{' + members(build, quick) + (empty ? "" : ",") + json.substring(start.start(1));
    }

    /** Into each of JMH's benchmarks: other programs read JMH's list, and leave aside what they do not know. */
    static String benchmarks(final String json, final String build, final boolean quick) {
        return BENCHMARK.matcher(JVM_PATH.matcher(json).replaceAll("")).replaceAll(found -> Matcher.quoteReplacement('{' + found.group(1) + members(build, quick) + ','
                + found.group(1) + "\"jmhVersion\""));
    }

    private static String members(final String build, final boolean quick) {
        final String both = new Json().object().field("build", build).name("quick").value(quick).end().toString();
        return both.substring(1, both.length() - 1);
    }
}
