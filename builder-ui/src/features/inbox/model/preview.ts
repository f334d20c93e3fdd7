export { previewDocument } from '@/shared/lib/messageHtml';
