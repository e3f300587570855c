package org.dbstore.tests.tidy;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Goal: the arrows of docs and architecture are those of the class files. */
@AnalyzeClasses(packages = "org.dbstore", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleRulesTest {
    @ArchTest
    static final ArchRule CONFIG_KNOWS_NOBODY =
            noClasses()
                    .that()
                    .resideInAPackage("org.dbstore.config..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.dbstore.backend..",
                            "org.dbstore.server..",
                            "org.dbstore.tools..",
                            "org.jscsi..");

    @ArchTest
    static final ArchRule ENGINE_KNOWS_NEITHER_CONFIG_NOR_ISCSI =
            noClasses()
                    .that()
                    .resideInAPackage("org.dbstore.backend..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.dbstore.config..",
                            "org.dbstore.server..",
                            "org.dbstore.tools..",
                            "org.jscsi..");

    @ArchTest
    static final ArchRule SERVER_KNOWS_NO_TOOLS =
            noClasses()
                    .that()
                    .resideInAPackage("org.dbstore.server..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.dbstore.tools..");

    /** Another transport could stand beside iSCSI. */
    @ArchTest
    static final ArchRule SCSI_KNOWS_NO_ISCSI =
            noClasses()
                    .that()
                    .resideInAnyPackage("org.dbstore.server.scsi..", "org.dbstore.server.lun..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.dbstore.server.iscsi..");

    /** Who serves knows nothing of those who administer; only the program itself starts both. */
    @ArchTest
    static final ArchRule THE_DATA_PATH_KNOWS_NO_HTTP =
            noClasses()
                    .that(
                            resideInAPackage("org.dbstore..")
                                    .and(not(resideInAPackage("org.dbstore.server.admin..")))
                                    .and(not(resideInAPackage("org.dbstore.tools..")))
                                    .and(not(simpleName("Main"))))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.dbstore.server.admin..", "org.eclipse.jetty..", "java.net.http..");

    @ArchTest
    static final ArchRule JSCSI_STAYS_IN_ITS_ADAPTERS =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("org.dbstore..jscsi")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.jscsi..");

    @ArchTest
    static final ArchRule NO_CYCLES_IN_THE_ENGINE =
            slices().matching("org.dbstore.backend.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_CYCLES_IN_THE_SERVER =
            slices().matching("org.dbstore.server.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_CYCLES_IN_ISCSI =
            slices().matching("org.dbstore.server.iscsi.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_CYCLES_IN_SCSI =
            slices().matching("org.dbstore.server.scsi.(*)..").should().beFreeOfCycles();

    /** An interrupt of a thread in a FileChannel closes the channel for all. */
    @ArchTest
    static final ArchRule NOBODY_INTERRUPTS =
            noClasses()
                    .should()
                    .callMethodWhere(
                            target(owner(assignableTo(Thread.class)))
                                    .and(target(name("interrupt"))))
                    .orShould()
                    .callMethodWhere(
                            target(owner(assignableTo(Future.class))).and(target(name("cancel"))))
                    .orShould()
                    .callMethodWhere(
                            target(owner(assignableTo(ExecutorService.class)))
                                    .and(target(name("shutdownNow"))));

    /** Its first bits hardly depend on the seed. */
    @ArchTest
    static final ArchRule NO_WEAK_RANDOM =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName(Random.class.getName());

    @ArchTest
    static final ArchRule ONLY_PROGRAMS_PRINT =
            noClasses()
                    .that(not(resideInAPackage("org.dbstore.tools..")).and(not(simpleName("Main"))))
                    .should()
                    .accessField(System.class, "out")
                    .orShould()
                    .accessField(System.class, "err");
}
