/** Rules: model, parsers and printers, ip sets, the reference interpreter, the compiler to JVM bytecode. */
package io.penstock.rules;
