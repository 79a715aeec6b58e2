/** The gateway as a process of its own, which lightningd does not start. */

export { httpProcessStarter, httpProgram } from '../processes/http-process.ts';
export { jitlessNotice } from '../jitless-notice.ts';
export { OptionError } from '../options/settings.ts';
export { LOG_FORMATS, LOG_LEVELS, logWriter, type LogSettings } from './log-writer.ts';
export { dropPrivileges, type UserSettings } from './privileges.ts';
export { type OptionTexts, readServiceSettings } from './service-settings.ts';
export { Service, type ServiceTools } from './service.ts';
