package io.penstock.dataplane.log;

/** Takes lines. */
@FunctionalInterface
public interface LineTaker {

    /**
     * A line.
     *
     * @param level syslog's, 0 to 7
     * @param text  as the kernel has it, without its end
     */
    void take(int level, String text);
}
