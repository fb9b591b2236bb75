/**
 * The configuration: a YAML file, overridden by the options of the command line, checked whole and handed over as immutable
 * records. Control; public are the records, {@link io.penstock.dataplane.config.ConfigurationBuilder} and
 * {@link io.penstock.dataplane.config.Literals}.
 */
package io.penstock.dataplane.config;
