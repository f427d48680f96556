include(GNUInstallDirs)
set(tools tvhook-listen tvhook-validate tvhook-exec tvhook-reconcile tvhook-replay)
install(TARGETS ${tools} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# Where each shell looks for them, under the names it looks for.
foreach(tool ${tools})
  install(FILES "completions/${tool}.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME ${tool})
  install(FILES "completions/${tool}.zsh" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions" RENAME _${tool})
  install(FILES "completions/${tool}.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
endforeach()

add_subdirectory(man)
