package io.penstock.dataplane.ipvs.health;

/** HTTP status codes from one to another, both included. */
public record StatusRange(int first, int last) {

    /** Whether the code is one of them. */
    boolean has(final int status) {
        return status >= first && status <= last;
    }

    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
