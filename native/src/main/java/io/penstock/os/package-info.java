/**
 * Everything that is raw memory or the operating system. The only module that may use {@code java.lang.foreign}'s
 * linker or {@code reinterpret}.
 *
 * <p>Packages below {@code hot} run per packet on worker threads: they do not allocate, lock, log, throw for flow or
 * read the clock. All other packages are control: they run rarely and on any thread.
 */
package io.penstock.os;
