package org.dbstore.tools.configuration;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.server.admin.api.ConfigViews.AppliedView;
import org.dbstore.server.admin.api.ConfigViews.PlanView;
import org.dbstore.server.admin.api.TargetView;
import org.dbstore.server.admin.client.ServerFailure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A configuration that can be looked at and edited. */
public interface Configuration {
    /**
     * Returns all of it.
     *
     * @return as a configuration file, without secrets
     * @throws ConfigException if files are wrong
     * @throws ServerFailure if the server does not answer
     */
    String text() throws ConfigException, ServerFailure;

    /**
     * Tells what edits would change.
     *
     * @param edits of the managed file; none: the files are read again
     * @throws ConfigException if they cannot be made, or make something wrong
     * @throws ServerFailure the same, as a server says it
     */
    PlanView plan(List<Edit> edits) throws ConfigException, ServerFailure;

    /**
     * Makes edits and keeps them, if nothing else has changed the configuration since the plan.
     *
     * @param edits as in the plan
     * @param plan what was agreed to
     * @throws ConfigException as {@link #plan}
     * @throws IOException if they cannot be kept; also {@link ServerFailure}
     */
    AppliedView apply(List<Edit> edits, PlanView plan) throws ConfigException, IOException;

    /**
     * Returns the targets as they are served, with the snapshots that appear by themselves.
     *
     * @return none if no server has it in force
     * @throws ServerFailure if the server does not answer
     */
    List<TargetView> targets() throws ServerFailure;

    /** Tells whether a server has it in force; if not, the next start finds what is edited. */
    boolean isServed();

    /** Returns the main file; empty if there is none, or it is not on this machine. */
    Optional<Path> file();
}
