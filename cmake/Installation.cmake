include(GNUInstallDirs)
install(TARGETS tvhook-listen tvhook-validate tvhook-exec tvhook-reconcile tvhook-replay
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
