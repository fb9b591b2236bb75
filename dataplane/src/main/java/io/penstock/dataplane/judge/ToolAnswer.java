package io.penstock.dataplane.judge;

/**
 * What a command did, as its caller sees it.
 *
 * @param status its exit status
 * @param out    what it printed
 * @param err    what it complained of
 */
record ToolAnswer(int status, String out, String err) {

    /** In a few words. */
    String words() {
        return "status=" + status + (err.isBlank() ? "" : " \"" + err.strip() + '"');
    }
}
